@tool
extends RefCounted
## Names and colours of the phases of a request, and how they are drawn.

const COLORS := {
	"dns": Color(0.25, 0.65, 0.65),
	"connect": Color(0.95, 0.6, 0.2),
	"proxy": Color(0.75, 0.5, 0.3),
	"tls": Color(0.7, 0.4, 0.85),
	"blocked": Color(0.55, 0.55, 0.55, 0.5),
	"send": Color(0.4, 0.6, 0.95),
	"wait": Color(0.3, 0.75, 0.4),
	"receive": Color(0.2, 0.55, 0.95),
}


## What a phase is called, and what it is.
static func describe(phase: String) -> PackedStringArray:
	match phase:
		"dns":
			return [
				TranslationServer.translate("Name look-up"),
				TranslationServer.translate("The name is looked up.")
			]
		"connect":
			return [TranslationServer.translate("Connect"), TranslationServer.translate("TCP connects.")]
		"proxy":
			return [
				TranslationServer.translate("Proxy"), TranslationServer.translate("The proxy opens the way.")
			]
		"tls":
			return [TranslationServer.translate("TLS"), TranslationServer.translate("The TLS handshake.")]
		"blocked":
			return [
				TranslationServer.translate("Idle"),
				TranslationServer.translate("The connection stands, and the request was not made yet.")
			]
		"send":
			return [TranslationServer.translate("Send"), TranslationServer.translate("The request goes out.")]
		"wait":
			return [
				TranslationServer.translate("Wait"),
				TranslationServer.translate(
					"Until the response begins; the game's own frames are part of it."
				)
			]
	return [
		TranslationServer.translate("Receive"), TranslationServer.translate("The response's body is read.")
	]


## Draws phases into a rectangle that is `span` seconds wide and begins `offset` seconds before them.
static func draw(canvas: CanvasItem, rect: Rect2, phases: Array, offset: float, span: float) -> void:
	var margin := rect.size.y * 0.25
	for phase: Array in phases:
		var begin: float = rect.size.x * clampf((offset + phase[1]) / span, 0.0, 1.0)
		var width: float = rect.size.x * phase[2] / span
		var place := Rect2(
			rect.position.x + minf(begin, rect.size.x - 1.0),
			rect.position.y + margin,
			clampf(width, 2.0, maxf(2.0, rect.size.x - begin)),
			rect.size.y - 2.0 * margin
		)
		canvas.draw_rect(place, COLORS[phase[0]])


## A duration to be read.
static func seconds_text(seconds: float) -> String:
	return "%.1f ms" % (seconds * 1000.0) if seconds < 1.0 else "%.2f s" % seconds
