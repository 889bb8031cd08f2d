// Placeholder of the module Server.
