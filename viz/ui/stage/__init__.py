"""The film player: its files as they are served, and the component that mounts it."""
