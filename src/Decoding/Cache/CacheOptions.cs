namespace Decant.Decoding;

/// <summary>The cache slot: what stays in the model's cache.</summary>
public abstract record CacheOptions : Strategy;
