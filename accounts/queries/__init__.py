"""Questions about portals, people, organisations; who may ask and who may come in is decided from these."""
