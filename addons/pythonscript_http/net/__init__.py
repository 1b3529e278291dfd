"""The network: a seam that the client uses (`stream`), and what stands behind it.

`sockets` is the operating system's network: `resolver` finds addresses, `race` and `unix` connect to them,
`connection` carries the bytes. `layers` puts more on a connection, such as a proxy's `tunnel`.
"""
