# Varnish, with the fields that its tutorials add on delivery and that commercial services built on
# it send too.
vcl 4.1;

backend origin { .host = "127.0.0.1"; .port = "@origin@"; }
backend haproxy { .host = "127.0.0.1"; .port = "@haproxy@"; }
backend nginx { .host = "127.0.0.1"; .port = "@nginx@"; }
backend squid { .host = "127.0.0.1"; .port = "@squid@"; }
backend trafficserver { .host = "127.0.0.1"; .port = "@trafficserver@"; }
backend nowhere { .host = "127.0.0.1"; .port = "@nowhere@"; }

sub vcl_recv {
    if (req.http.host ~ "varnish-haproxy") { set req.backend_hint = haproxy; }
    elsif (req.http.host ~ "varnish-nginx") { set req.backend_hint = nginx; }
    elsif (req.http.host ~ "varnish-squid") { set req.backend_hint = squid; }
    elsif (req.http.host ~ "varnish-trafficserver") { set req.backend_hint = trafficserver; }
    elsif (req.http.host ~ "varnish-nowhere") { set req.backend_hint = nowhere; }
    else { set req.backend_hint = origin; }
}

sub vcl_deliver {
    if (obj.hits > 0) { set resp.http.X-Cache = "HIT"; } else { set resp.http.X-Cache = "MISS"; }
    set resp.http.X-Cache-Hits = obj.hits;
    set resp.http.X-Served-By = server.identity;
}
