using System.Text;

namespace Decant.Connectors.Grounding;

/// <summary>Texts follow from each other when they have the same words: case, punctuation and white space do not count.</summary>
public sealed class NormalizedMatch : IEntailmentJudge
{
    /// <inheritdoc/>
    public bool IsApproximate => false;

    /// <inheritdoc/>
    public ValueTask<bool> EntailsAsync(string question, string premise, string hypothesis, CancellationToken cancellationToken = default)
        => new(Words(premise).SequenceEqual(Words(hypothesis), StringComparer.Ordinal));

    /// <summary>The words of a text in lower case: runs of letters and digits.</summary>
    internal static IEnumerable<string> Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune)) word.Append(Rune.ToLowerInvariant(rune));
            else if (word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }

        if (word.Length > 0) yield return word.ToString();
    }
}
