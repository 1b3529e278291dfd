"""What browsers do around HTTP's exchanges, without one: pools, redirects, cookies, a cache, event streams.

No module here knows the engine, and time is passed in.
"""
