namespace Decant.Decoding;

/// <summary>The thinking slot: how the reasoning span behaves.</summary>
public abstract record ThinkingOptions : Strategy;
