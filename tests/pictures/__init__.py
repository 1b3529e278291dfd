"""Pictures of the editor's panels, to be looked at; `python3 tools/dev.py pictures` takes them."""
