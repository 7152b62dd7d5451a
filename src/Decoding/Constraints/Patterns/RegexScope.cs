namespace Decant.Decoding;

/// <summary>What of a text a regular expression is about.</summary>
internal enum RegexScope
{
    /// <summary>The whole text matches it.</summary>
    Whole,

    /// <summary>The text has a match somewhere in it.</summary>
    Search,

    /// <summary>It is a part of something larger, where <c>^</c> and <c>$</c> would say nothing that can be known.</summary>
    Part,
}
