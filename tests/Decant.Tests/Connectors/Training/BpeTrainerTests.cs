using Decant.Connectors.Text;
using Decant.Connectors.Training;

namespace Decant.Tests.Connectors.Training;

public sealed class BpeTrainerTests
{
    private static readonly BpeTrainerOptions _words = new() { VocabularySize = 1 + 256 + 3, Pattern = "[a-z]+|[^a-z]" };

    [Fact]
    public void MergesTheMostFrequentPairFirst()
    {
        // low ×5, lowest ×2, newer ×6, wider ×3 (Sennrich et al., figure 1): e r 9 times, then n e and its like 6 times, l o and o w 7 times.
        var text = string.Join(' ', Enumerable.Repeat("low", 5).Concat(Enumerable.Repeat("lowest", 2)).Concat(Enumerable.Repeat("newer", 6)).Concat(Enumerable.Repeat("wider", 3)));
        var trained = BpeTrainer.Train([text], _words);
        // "lo" and "ow" both occur 7 times; l is the older token. After it "lo w" occurs 7 times, "we" of lowest and newer 8 times.
        Assert.Equal([("e", "r"), ("l", "o"), ("lo", "w")], trained.Merges);
    }

    [Fact]
    public void CountsStayRightWhileMerging()
    {
        var random = new Random(3);
        var text = string.Concat(Enumerable.Range(0, 3000).Select(_ => "abcd "[random.Next(5)]));
        var options = _words with { VocabularySize = 257 + 60 };
        Assert.Equal(SlowMerges(text, 60), BpeTrainer.Train([text], options).Merges);
    }

    [Fact]
    public void SavedTokenizerLoadsAndRoundTrips()
    {
        var folder = Directory.CreateTempSubdirectory("decant-test-").FullName;
        string[] texts = ["<|im_start|>user\nHow many 12 apples?<|im_end|>", "<think>1 and 2</think> 12 apples, naïve 🍎 apples"];
        var options = new BpeTrainerOptions { VocabularySize = 290, SpecialTokens = ["<|im_start|>", "<|im_end|>"], Marks = ["<think>", "</think>"], Pattern = @"[0-9]| ?\p{L}+| ?[^\s\p{L}0-9]+|\s+" };
        BpeTrainer.Train(texts, options).Save(folder, "<|im_end|>");
        var tokenizer = TextTokenizer.Load(folder);
        foreach (var text in texts) Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, false), false));
        Assert.Equal(0, tokenizer.Find("<|im_start|>"));
        Assert.True(tokenizer.IsSpecial(1));
        Assert.False(tokenizer.IsSpecial(tokenizer.Find("<think>")!.Value));
        Assert.Contains(1, tokenizer.EndOfTurn);
        Assert.Equal(2, tokenizer.Encode("12", false).Length);
    }

    [Fact]
    public void SameTextsGiveTheSameTokenizer()
    {
        string[] texts = ["one two three two one", "three three two"];
        Assert.Equal(BpeTrainer.Train(texts, _words).Tokens, BpeTrainer.Train(texts.Reverse(), _words).Tokens);
    }

    [Fact]
    public void RefusesWhatMakesNoTokenizer()
    {
        Assert.Throws<ArgumentException>(() => BpeTrainer.Train([""], _words));
        Assert.Throws<ArgumentOutOfRangeException>(() => BpeTrainer.Train(["a"], new BpeTrainerOptions { VocabularySize = 100 }));
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => BpeTrainer.Train(["a"], new BpeTrainerOptions { SpecialTokens = ["x", "x"] })).Message);
        Assert.Throws<ArgumentException>(() => BpeTrainer.Train(["a"], _words).Save(Path.GetTempPath(), "<|unknown|>"));
    }

    /// <summary>Counts all pairs anew before every merge.</summary>
    private static List<(string, string)> SlowMerges(string text, int count)
    {
        var words = System.Text.RegularExpressions.Regex.Matches(text, _words.Pattern).Select(match => match.Value.Select(c => c.ToString()).ToList()).ToList();
        var age = Enumerable.Range(0, 256).ToDictionary(b => ((char)b).ToString(), b => b);
        var merges = new List<(string, string)>();
        for (var i = 0; i < count; i++)
        {
            var best = words.SelectMany(word => word.Zip(word.Skip(1))).GroupBy(pair => pair)
                .OrderByDescending(group => group.Count()).ThenBy(group => age[group.Key.First]).ThenBy(group => age[group.Key.Second]).First();
            if (best.Count() < 2) break;
            merges.Add(best.Key);
            age[best.Key.First + best.Key.Second] = 256 + i;
            foreach (var word in words)
            {
                for (var at = 0; at + 1 < word.Count; at++)
                {
                    if ((word[at], word[at + 1]) != best.Key) continue;
                    word[at] += word[at + 1];
                    word.RemoveAt(at + 1);
                }
            }
        }

        return merges;
    }
}
