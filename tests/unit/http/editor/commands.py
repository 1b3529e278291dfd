"""curl commands as browsers copy them."""

URL = "http://127.0.0.1:8000"

CHROME = r"""curl 'http://127.0.0.1:8000/api?x=1' \
  -H 'accept: */*' \
  -H 'content-type: application/json' \
  -b 'session=abc; theme=dark' \
  -H 'user-agent: Mozilla/5.0 (X11; Linux x86_64)' \
  --data-raw $'{"it":"isn\'t","tab":"\\t","excl":"\u0021","caf\u00e9":"\ud83d\ude00"}' \
  --compressed \
  --insecure"""
FIREFOX = r"""curl 'http://127.0.0.1:8000/form' --compressed -X POST -H 'User-Agent: Mozilla/5.0' \
-H 'Accept-Language: de,en;q=0.5' \
-H 'Content-Type: application/x-www-form-urlencoded' --data-raw 'a=1&b=%20'"""
