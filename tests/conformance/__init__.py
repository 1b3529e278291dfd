"""The conformance page: scenarios, played to the engine's client and to ours, and what each made of them."""
