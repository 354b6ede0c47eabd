"""A viewer by WHEP that shares no code with the box: GStreamer's webrtcbin.

`webrtcbin-viewer.py ENDPOINT FRAMES` decodes so many pictures and sounds, ends its session and
prints what it had, as JSON. `--check` prints what is missing here, or nothing.
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

NEEDED = ("webrtcbin", "nicesrc", "dtlssrtpdec", "rtph264depay", "avdec_h264", "opusdec")
H264 = (
    "application/x-rtp,media=video,encoding-name=H264,payload=96,clock-rate=90000,"
    "packetization-mode=(string)1,profile-level-id=(string)42e01f"
)
OPUS = (
    "application/x-rtp,media=audio,encoding-name=OPUS,payload=97,clock-rate=48000,"
    "encoding-params=(string)2"
)
DECODERS = {
    "video": "rtph264depay ! h264parse ! avdec_h264",
    "audio": "rtpopusdepay ! opusdec",
}


def load():
    """The bindings; what is missing instead."""
    try:
        import gi

        for name in ("Gst", "GstSdp", "GstWebRTC"):
            gi.require_version(name, "1.0")
        from gi.repository import GLib, Gst, GstSdp, GstWebRTC
    except (ImportError, ValueError) as error:
        return None, str(error)
    Gst.init(None)
    for name in NEEDED:
        if Gst.ElementFactory.find(name) is None:
            return None, f"GStreamer has no {name}"
    return (GLib, Gst, GstSdp, GstWebRTC), None


class Viewer:
    def __init__(self, bindings, endpoint, frames):
        self.GLib, self.Gst, self.GstSdp, self.GstWebRTC = bindings
        self.endpoint, self.frames = endpoint, frames
        self.seen = {"video": 0, "audio": 0}
        self.resource = None
        self.loop = self.GLib.MainLoop()
        self.pipeline = self.Gst.Pipeline.new()
        self.bin = self.Gst.ElementFactory.make("webrtcbin")
        self.bin.set_property("bundle-policy", self.GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.pipeline.add(self.bin)
        self.bin.connect("on-negotiation-needed", self.on_negotiation_needed)
        self.bin.connect("notify::ice-gathering-state", self.on_gathering)
        self.bin.connect("pad-added", self.on_pad)
        receive = self.GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
        for caps in (H264, OPUS):
            self.bin.emit("add-transceiver", receive, self.Gst.Caps.from_string(caps))

    def run(self):
        self.pipeline.set_state(self.Gst.State.PLAYING)
        self.loop.run()
        self.pipeline.set_state(self.Gst.State.NULL)
        if self.resource is not None:
            self.request(self.resource, "DELETE", None)
        print(json.dumps(self.seen), flush=True)

    def on_negotiation_needed(self, _bin):
        self.bin.emit("create-offer", None, self.Gst.Promise.new_with_change_func(self.on_offer))

    def on_offer(self, promise):
        # The structure owns the offer: it must outlive it.
        reply = promise.get_reply()
        offer = reply.get_value("offer")
        self.bin.emit("set-local-description", offer, None)

    def on_gathering(self, _bin, _property):
        if self.bin.get_property("ice-gathering-state") == self.GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            self.GLib.idle_add(self.ask)

    def ask(self):
        offer = self.bin.get_property("local-description").sdp.as_text()
        try:
            answer, location = self.request(self.endpoint, "POST", offer)
        except urllib.error.HTTPError as error:
            if error.code != 503:
                raise
            # The box's process is starting.
            self.GLib.timeout_add_seconds(1, self.ask)
            return False
        self.resource = urllib.parse.urljoin(self.endpoint, location)
        _result, message = self.GstSdp.SDPMessage.new_from_text(answer)
        description = self.GstWebRTC.WebRTCSessionDescription.new(
            self.GstWebRTC.WebRTCSDPType.ANSWER, message
        )
        self.bin.emit("set-remote-description", description, None)
        return False

    def request(self, url, method, body):
        request = urllib.request.Request(url, method=method, data=body and body.encode())
        request.add_header("Content-Type", "application/sdp")
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.read().decode(), response.headers.get("Location", "")

    def on_pad(self, _bin, pad):
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        launch = f"queue ! {DECODERS[kind]} ! fakesink name=sink signal-handoffs=true sync=false"
        branch = self.Gst.parse_bin_from_description(launch, True)
        branch.get_by_name("sink").connect("handoff", lambda *_: self.on_frame(kind))
        self.pipeline.add(branch)
        branch.sync_state_with_parent()
        pad.link(branch.get_static_pad("sink"))

    def on_frame(self, kind):
        self.seen[kind] += 1
        if all(count >= self.frames for count in self.seen.values()):
            self.loop.quit()


def main():
    bindings, missing = load()
    if sys.argv[1] == "--check":
        print(missing or "")
        return
    if bindings is None:
        sys.exit(missing)
    Viewer(bindings, sys.argv[1], int(sys.argv[2])).run()


main()
