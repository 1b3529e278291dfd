"""What a client without a policy trusts."""

from godot import RefCounted, gdclass
from pythonscript_http.engine.policy import policy_of
from pythonscript_http.transport.late import LatePolicy


@gdclass
class Trust(RefCounted):
    """Looks at the policies that scripts do not see."""

    def system_roots(self) -> str:
        """Gives the system's roots, as clients have them."""
        policy = policy_of(None, None)
        return (policy.make() if isinstance(policy, LatePolicy) else policy).system_roots
