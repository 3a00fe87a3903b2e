// Loading ELK's worker script inside a worker makes it answer messages; there is nothing to export.
import 'elkjs/lib/elk-worker.min.js'
