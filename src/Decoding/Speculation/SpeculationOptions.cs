namespace Decant.Decoding;

/// <summary>The speculation slot: drafts several tokens and verifies them in one forward.</summary>
public abstract record SpeculationOptions : Strategy;
