// Placeholder of the module Bytes.
