// Placeholder of the module Wire.
