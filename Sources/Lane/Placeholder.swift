// Placeholder of the module Lane.
