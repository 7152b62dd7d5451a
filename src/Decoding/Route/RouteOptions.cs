namespace Decant.Decoding;

/// <summary>The route slot: which model produces a token.</summary>
public abstract record RouteOptions : Strategy;
