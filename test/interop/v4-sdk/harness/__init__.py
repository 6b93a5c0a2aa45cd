"""What the calls in ../calls share: the SDKs' clients, the comparison with their classes, waiting for tasks."""
