"""Static files with their hash in the name, compressed; imports between style sheets and scripts follow along."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
