extends RefCounted
## Plays the acts of one scenario to whoever makes whole requests, and tells what it saw. Who that is, scripts
## that extend this one say.

const Pulse := preload("pulse.gd")
const PATIENCE := 3.0  # seconds by the pulse without any news: nothing will come of the request

var _tree: SceneTree
var _pulse: Pulse


## Plays all acts, or as many until an error ends one, and gives an account of each.
func play(acts: Array) -> Array:
	var accounts := []
	for act: Dictionary in acts:
		var account: Dictionary = await call(act["do"], act)
		if account.is_empty():  # which a function that an error ends gives
			accounts.append({"died": true})
			break
		accounts.append(account)
	return accounts


## Waits until it is over, as long as there is news of it.
func _wait(over: Callable, news: Callable) -> void:
	var seen: Variant
	var last_news := _pulse.beats
	while not over.call() and _pulse.beats - last_news <= Pulse.beats_of(PATIENCE):
		var now: Variant = news.call()
		if now != seen:
			seen = now
			last_news = _pulse.beats
		await _tree.process_frame
