extends "pages_base.gd"
## Runs what the guide to sessions shows; pages.gd, which extends this, runs the rest.


func test_docs_sessions_one_line() -> void:
	await run_node("docs_sessions_one_line")


func test_docs_sessions_a_session() -> void:
	await run_node("docs_sessions_a_session")


func test_docs_sessions_a_token_that_has_to_be_refreshed() -> void:
	await run_node("docs_sessions_a_token_that_has_to_be_refreshed")


func test_docs_sessions_server_sent_events() -> void:
	await run_node("docs_sessions_server_sent_events")


func test_docs_sessions_downloads_and_progress() -> void:
	await run_node("docs_sessions_downloads_and_progress")


func test_docs_sessions_tests_without_a_network() -> void:
	await run_node("docs_sessions_tests_without_a_network")
