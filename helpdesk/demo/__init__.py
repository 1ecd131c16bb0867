"""The demo portals: fictional companies, each built after one manual, made through the ordinary doors."""
