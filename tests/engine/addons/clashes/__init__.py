"""An addon of the tests whose class has a name that is taken."""
