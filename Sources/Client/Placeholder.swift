// Placeholder of the module Client.
