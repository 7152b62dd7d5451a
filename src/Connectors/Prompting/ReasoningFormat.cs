using Decant.Decoding;

namespace Decant.Connectors.Prompting;

/// <summary>The marks around a model's reasoning.</summary>
/// <param name="Open">What begins it.</param>
/// <param name="Close">What ends it.</param>
public sealed record ReasoningFormat(string Open, string Close)
{
    private static readonly ReasoningFormat[] _known = [new("<think>", "</think>"), new("[THINK]", "[/THINK]"), new("<thinking>", "</thinking>")];

    /// <summary>The marks a template's text mentions, or null.</summary>
    public static ReasoningFormat? Detect(string template) => Array.Find(_known, format => template.Contains(format.Close, StringComparison.Ordinal));

    /// <summary>Whether <paramref name="text"/> is a mark of any known format.</summary>
    internal static bool IsMark(string text) => Array.Exists(_known, format => text == format.Open || text == format.Close);

    /// <summary>The marks a vocabulary has tokens for, or null.</summary>
    public static ReasoningFormat? Detect(ITokenVocabulary vocabulary) =>
        Array.Find(_known, format => vocabulary.Find(format.Open) is not null && vocabulary.Find(format.Close) is not null);
}
