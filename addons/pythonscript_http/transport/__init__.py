"""Bytes from here to there: a seam that the client uses (`stream`), and what stands behind it.

`network` is the operating system's: `resolver` finds addresses, `happy_eyeballs` and `unix` connect to them,
`tcp` carries the bytes. `layers` puts more on a connection: a proxy's tunnel (`http_proxy`), and `tls`.
"""
