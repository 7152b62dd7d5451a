namespace Decant.Decoding;

/// <summary>How near a text's reading level is to a school grade: −|grade − <see cref="Target"/>|, 0 for the best.</summary>
/// <remarks>
/// <para>The grade is Flesch and Kincaid's (1975), for English: 0.39 · words / sentences + 11.8 · syllables / words − 15.59; 0 for a text without words. Words and sentences are those of <see cref="TextUnits"/>.</para>
/// <para>Syllables of a word are its groups of the vowels a, e, i, o, u, y, without a last "e" that stands alone behind a consonant, unless "l" behind another consonant comes before it ("ta-ble"); at least one. An
/// approximation: "created" counts 2. Beginnings are scored as if they ended where they are.</para>
/// </remarks>
public sealed record ReadingLevelRewardOptions : RewardOptions
{
    private const string Vowels = "aeiouy";

    /// <inheritdoc/>
    public override string Kind => "reading-level";

    /// <summary>The grade; −4 … 30. Default: 8.</summary>
    public double Target { get; init; } = 8;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Target is >= -4 and <= 30, Target, nameof(Target), "from -4 to 30");
    }

    /// <inheritdoc/>
    public override IReward Compile(PlanContext context) => new DelegateReward(text => -Math.Abs(Grade(text) - Target)) { Maximum = 0 };

    internal static double Grade(string text)
    {
        var words = TextUnits.Words(text);
        return words.Count == 0 ? 0 : (0.39 * words.Count / TextUnits.Sentences(text).Count) + (11.8 * words.Sum(word => Syllables(text[word])) / words.Count) - 15.59;
    }

    internal static int Syllables(string word)
    {
        var (count, wasVowel) = (0, false);
        foreach (var letter in word)
        {
            var isVowel = Vowels.Contains(char.ToLowerInvariant(letter));
            if (isVowel && !wasVowel) count++;
            wasVowel = isVowel;
        }

        return count > 1 && EndsSilently(word.ToLowerInvariant()) ? count - 1 : Math.Max(1, count);
    }

    private static bool EndsSilently(string word) => word is [.., var before, 'e'] && !Vowels.Contains(before) && !(before == 'l' && word is [.., var first, _, _] && !Vowels.Contains(first));
}
