extends "additions_base.gd"
## Where connections lead to: proxies with a password, Unix domain sockets, IPv6 addresses.


func test_a_proxy_with_a_password() -> void:
	var proxy := option("proxy").to_int()
	for user: String in ["us%40er:p%3Ass@", "http://us%40er:p%3Ass@"]:
		var client := PyHTTPClient.new()
		client.set_http_proxy(user + HOST, proxy)
		check("connect", client.connect_to_host("example.org", 8080), OK)
		settle(client)
		check("connected", client.get_status(), HTTPClient.STATUS_CONNECTED)
		fetch(client, "/a?b=c")
		var request := read_text(client)
		check_true("absolute", request.begins_with("GET http://example.org:8080/a?b=c HTTP/1.1\r\n"))
		check_true("the host's name", "\r\nHost: example.org:8080\r\n" in request)
		check_true(
			"the password",
			"\r\nProxy-Authorization: Basic %s\r\n" % Marshalls.utf8_to_base64("us@er:p:ss") in request
		)


func test_a_proxy_unset() -> void:
	for unset: Array in [["", 1], [HOST, -1]]:
		var client := PyHTTPClient.new()
		client.set_http_proxy("user:password@" + HOST, option("proxy").to_int())
		client.set_http_proxy(unset[0], unset[1])
		client.connect_to_host(HOST, option("server").to_int())
		settle(client)
		fetch(client, "/request")
		var request := read_text(client)
		check_true("not absolute", request.begins_with("GET /request "))
		check_true("no password", not "Proxy-" in request)


## A proxy for one scheme is none for the other.
func test_the_other_proxy() -> void:
	var client := PyHTTPClient.new()
	client.set_https_proxy("user:password@" + HOST, option("closed").to_int())
	client.connect_to_host(HOST, option("server").to_int())
	settle(client)
	fetch(client, "/request")
	check_true("not used", read_text(client).begins_with("GET /request "))


func test_a_proxy_that_refuses() -> void:
	var client := PyHTTPClient.new()
	client.set_http_proxy("user:wrong@" + HOST, option("proxy_refuses").to_int())
	client.connect_to_host("example.org", 80)
	settle(client)
	fetch(client)
	check("its answer", client.get_response_code(), 407)
	check("its header", client.get_response_header("proxy-authenticate"), 'Basic realm="x"')
	check("its words", read_text(client), "who?")


func test_a_proxy_that_is_not_there() -> void:
	var client := PyHTTPClient.new()
	var closed := option("closed").to_int()
	client.set_http_proxy("user:password@" + HOST, closed)
	client.connect_to_host("example.org", 80)
	settle(client)
	check("failed", client.get_status(), HTTPClient.STATUS_CANT_CONNECT)
	var reason := client.get_error_reason()
	check_true(reason, "127.0.0.1:%d" % closed in reason and not "password" in reason)
	check_true("it tells of the proxy: " + reason, "proxy" in reason)


func test_proxies_that_are_none() -> void:
	for row: Array in [
		["user:secret@", "neither a name nor an address"],
		["user:secret@no host", "holds ' '"],
		["user:secret@127.0.0.1/path", "holds '/'"],
		["us%3Aer:secret@127.0.0.1", "the proxy's user holds ':'"],
		["user:secret%0A@127.0.0.1", "the proxy's user or password holds a control character"],
		["ftp://user:secret@127.0.0.1", "the host has the scheme 'ftp'"],
	]:
		var client := PyHTTPClient.new()
		expect(row[1])
		client.set_http_proxy(row[0], 80)
		var reason := client.get_error_reason()
		check_true("'%s': %s" % [row[0], reason], row[1] in reason)
		check_true("the password is not repeated", not "secret" in reason)
	var client := PyHTTPClient.new()
	check_refused(
		client,
		client.connect_to_host.bind("user:secret@127.0.0.1", 80),
		"the host '127.0.0.1' contains a user or a password: send them in an Authorization header"
	)


func test_socks() -> void:
	for scheme: String in ["socks5", "socks5h"]:
		for blocking: bool in [false, true]:
			var client := PyHTTPClient.new()
			client.blocking_mode_enabled = blocking
			client.set_http_proxy(scheme + "://us%40er:p%3Ass@" + HOST, option("socks").to_int())
			client.set_https_proxy("socks5h://" + HOST, option("closed").to_int())
			check("connect", client.connect_to_host(HOST, option("server").to_int()), OK)
			check("no look-up", client.get_status(), HTTPClient.STATUS_CONNECTING)
			settle(client)
			check(client.get_error_reason(), client.get_status(), HTTPClient.STATUS_CONNECTED)
			for i in 2:
				fetch(client, "/request")
				var request := read_text(client)
				check_true("not absolute", request.begins_with("GET /request "))
				check_true("no password", not "Proxy-" in request)


## The proxy knows the name, and this machine does not.
func test_socks_looks_names_up() -> void:
	var client := PyHTTPClient.new()
	client.set_http_proxy("socks5h://us%40er:p%3Ass@" + HOST, option("socks").to_int())
	client.connect_to_host("known.invalid", option("server").to_int())
	settle(client)
	fetch(client, "/hello")
	check("through the proxy", read_text(client), "hello, world\n")
	client.set_http_proxy("socks5://us%40er:p%3Ass@" + HOST, option("socks").to_int())
	client.connect_to_host("known.invalid", option("server").to_int())
	check("a look-up", client.get_status(), HTTPClient.STATUS_RESOLVING)
	settle(client)
	check("failed", client.get_status(), HTTPClient.STATUS_CANT_RESOLVE)
	var reason := client.get_error_reason()
	check_true(reason, reason.begins_with("cannot resolve 'known.invalid': "))


func test_socks_over_ipv6() -> void:
	var client := PyHTTPClient.new()
	client.set_http_proxy("socks5h://us%40er:p%3Ass@" + HOST, option("socks").to_int())
	client.connect_to_host("::1", option("six").to_int())
	settle(client)
	fetch(client, "/a")
	check_true("the host", "\r\nHost: [::1]:%s\r\n" % option("six") in read_text(client))


func test_socks_that_refuses() -> void:
	var server := "%s:%s" % [HOST, option("server")]
	for row: Array in [
		["socks", "", "it requires a login"],
		["socks", "x:secret@", "it does not accept the user or the password"],
		[
			"socks_refuses",
			"",
			"it refused a connection to %s: its rules do not allow it (SOCKS reply 2)" % server
		],
	]:
		var client := PyHTTPClient.new()
		var proxy := option(row[0])
		client.set_http_proxy("socks5h://" + row[1] + HOST, proxy.to_int())
		client.connect_to_host(HOST, option("server").to_int())
		settle(client)
		var reason: String = "the proxy %s:%s: %s" % [HOST, proxy, row[2]]
		check_failed(row[0], client, HTTPClient.STATUS_CANT_CONNECT, reason)


func test_proxies_of_the_environment() -> void:
	var client := PyHTTPClient.new()
	check("by choice", client.use_environment_proxies, false)
	OS.set_environment("http_proxy", "http://%s:%s/" % [HOST, option("proxy")])
	OS.set_environment("no_proxy", "localhost, .exempt.invalid")
	client.connect_to_host(HOST, option("server").to_int())
	settle(client)
	fetch(client, "/request")
	check_true("not used", read_text(client).begins_with("GET /request "))
	client.use_environment_proxies = true
	client.connect_to_host("example.org", 8080)
	settle(client)
	fetch(client, "/a")
	check_true("used", read_text(client).begins_with("GET http://example.org:8080/a HTTP/1.1\r\n"))
	client.connect_to_host("localhost", option("server").to_int())
	settle(client)
	fetch(client, "/request")
	check_true("not for this one", read_text(client).begins_with("GET /request "))
	OS.set_environment("http_proxy", "gopher://" + HOST)
	expect("the environment variable http_proxy is not a valid proxy")
	check("no proxy at all", client.connect_to_host("example.org", 80), ERR_INVALID_PARAMETER)
	OS.unset_environment("http_proxy")
	OS.unset_environment("no_proxy")


func test_connect_by_hand_through_a_proxy() -> void:
	var ends := client_and_far()
	var far: StreamPeerTCP = ends[1]
	var client: PyHTTPClient = ends[0]
	client.request(HTTPClient.METHOD_CONNECT, "[::1]:22", ["Proxy-Authorization: Basic dTpw"])
	var request := answer(client, far, "HTTP/1.1 200 OK\r\n\r\nSSH-2.0-x\r\n")
	check_true("the request", request.begins_with("CONNECT [::1]:22 HTTP/1.1\r\nHost: [::1]:22\r\n"))
	check("the tunnel", client.get_connection().get_utf8_string(11), "SSH-2.0-x\r\n")


func test_unix_sockets() -> void:
	var path := option("folder").path_join("server.sock")
	for host: String in ["unix:" + path, "unix://" + path]:
		for blocking: bool in [false, true]:
			var client := PyHTTPClient.new()
			client.blocking_mode_enabled = blocking
			client.set_http_proxy(HOST, option("closed").to_int())
			check("connect", client.connect_to_host(host), OK)
			settle(client)
			check("connected", client.get_status(), HTTPClient.STATUS_CONNECTED)
			for i in 2:
				fetch(client, "/a")
				var request := read_text(client)
				check_true("the request", request.begins_with("GET /a HTTP/1.1\r\nHost: localhost\r\n"))
			check("its class", client.get_connection().get_class(), "PyHTTPConnection")


func test_unix_sockets_that_are_none() -> void:
	var folder := option("folder")
	for row: Array in [
		[folder.path_join("nothing.sock"), "No such file or directory"],
		[folder, "Connection refused"],
		[folder.path_join("x".repeat(200)), "AF_UNIX path too long"],
	]:
		var client := PyHTTPClient.new()
		check("connect", client.connect_to_host("unix:" + row[0]), OK)
		check("poll() tells", settle(client), ERR_CANT_CONNECT)
		check_failed(row[0], client, HTTPClient.STATUS_CANT_CONNECT, "cannot connect to 'unix:%s': %s" % row)
	for row: Array in [
		["unix:", "the host 'unix:' has no path that begins with '/', as that of a Unix domain socket must"],
		[
			"unix:a/b",
			"the host 'unix:a/b' has no path that begins with '/', as that of a Unix domain socket must"
		],
	]:
		var client := PyHTTPClient.new()
		check_refused(client, client.connect_to_host.bind(row[0]), row[1])
		check("disconnected", client.get_status(), HTTPClient.STATUS_DISCONNECTED)


func test_ipv6() -> void:
	var six := option("six").to_int()
	for row: Array in [["::1", six], ["[::1]", six], ["[::1]:%d" % six, -1], ["http://[::1]:%d" % six, -1]]:
		var client := PyHTTPClient.new()
		check("connect", client.connect_to_host(row[0], row[1]), OK)
		check("no look-up", client.get_status(), HTTPClient.STATUS_CONNECTING)
		settle(client)
		check("connected", client.get_status(), HTTPClient.STATUS_CONNECTED)
		fetch(client, "/a")
		check_true("the host", "\r\nHost: [::1]:%d\r\n" % six in read_text(client))
	for row: Array in [
		["[::1", "the host '[::1' is neither a name nor an address"],
		["[::1]:80", "the host '[::1]:80' has another port than 81, which is given too"],
	]:
		var client := PyHTTPClient.new()
		check_refused(client, client.connect_to_host.bind(row[0], 81), row[1])
	var client := PyHTTPClient.new()
	expect("the host ':::1' is neither a name nor an address")
	check("malformed", client.connect_to_host(":::1", 80), ERR_INVALID_PARAMETER)
	client = PyHTTPClient.new()
	client.connect_to_host("::1", option("closed").to_int())
	settle(client)
	var reason := client.get_error_reason()
	check_true(reason, reason.begins_with("cannot connect to [::1]:%s: " % option("closed")))
