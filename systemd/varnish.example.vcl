vcl 4.1;
# Varnish in front of a box: a cache for large audiences. Requests that wait for another's
# fetch are woken as it arrives, so viewers are no further behind than at the box.
# Put Varnish's address into viewers.trusted_proxies of the box's config.

backend venuebox {
    .host = "127.0.0.1";
    .port = "8080";
    # A reload is held for three target durations at most, 6 s with the longest key frame interval.
    .first_byte_timeout = 10s;
    .between_bytes_timeout = 10s;
}

sub vcl_recv {
    set req.http.X-Forwarded-Host = req.http.Host;
    set req.http.X-Forwarded-Proto = "http";
    # All guests see the same.
    unset req.http.Cookie;
    if (req.method != "GET" && req.method != "HEAD") { return (pass); }
    # A token stands in the path and is checked by the box each time.
    if (req.url ~ "^/t/") { return (pass); }
    return (hash);
}

sub vcl_backend_response {
    # How long a thing is good is the box's to say; what it refuses is not kept.
    if (beresp.status >= 400) {
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
        return (deliver);
    }
}
