"""An addon of the tests: classes that the engine has reasons to refuse."""
