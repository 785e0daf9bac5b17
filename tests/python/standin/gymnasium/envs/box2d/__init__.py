"""Nothing here works: Box2D is not installed."""
