"""The editor's help (F1) for Python classes.

Calls editor_help_load_xml_from_utf8_chars_and_len (Godot 4.3 and newer).
"""

from _pythonscript.interface cimport *


def load_xml(str xml) -> bool:
    """Gives the editor a class reference; False where this engine takes none."""
    cdef bytes data = xml.encode()
    if gde.editor_help_load_xml_from_utf8_chars_and_len is NULL:
        return False
    gde.editor_help_load_xml_from_utf8_chars_and_len(data, len(data))
    return True
