namespace Decant.Connectors.Analysis;

/// <summary>Through what a head reads what an earlier one has written.</summary>
public enum CompositionPath
{
    /// <summary>Its queries: the earlier head decides what it looks for.</summary>
    Query,

    /// <summary>Its keys: the earlier head decides where it looks.</summary>
    Key,

    /// <summary>Its values: it passes on what the earlier head wrote.</summary>
    Value,
}
