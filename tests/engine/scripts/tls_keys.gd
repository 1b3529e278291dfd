extends "tls_base.gd"
## A connection whose keys are logged, or cannot be.


func test_one_connection() -> void:
	var client := fetch("good", trusting())
	if option("there") == "True":
		check_trusted(client)
	else:
		check("status", client.get_status(), HTTPClient.STATUS_DISCONNECTED)
		check_true("reason", "can't be logged" in client.get_error_reason())
