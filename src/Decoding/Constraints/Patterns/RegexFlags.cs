namespace Decant.Decoding;

/// <summary>How a part of a regular expression is meant.</summary>
[Flags]
internal enum RegexFlags
{
    None = 0,

    /// <summary>Upper and lower case are the same: <c>(?i)</c>.</summary>
    IgnoreCase = 1,

    /// <summary>The dot stands for line ends too: <c>(?s)</c>.</summary>
    DotIsAll = 2,
}
