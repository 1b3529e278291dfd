"""Raw memory that some virtual methods pass, such as StreamPeerExtension's. Hazardous material."""

# ctypes is imported where it is used: few classes need it, and it takes as long as the rest of the package.


class Pointer(int):
    """An address in the engine's memory: annotate arguments such as `uint8_t *r_buffer` as this.

    It is good until the method returns, and for as many bytes as the engine says beside it; nobody checks.
    """

    def memory(self, size: int) -> memoryview:
        """The `size` bytes that begin here, writable. Do not keep it beyond the call."""
        import ctypes

        return memoryview((ctypes.c_ubyte * size).from_address(self)).cast("B")

    def write_int32(self, value: int) -> None:
        """Writes a 32-bit integer here, e.g. through `int32_t *r_received`."""
        import ctypes

        ctypes.c_int32.from_address(self).value = value
