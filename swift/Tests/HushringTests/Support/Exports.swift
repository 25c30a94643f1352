// Every file of the tests reads JSON, and plays vectors.
@_exported import Playing
