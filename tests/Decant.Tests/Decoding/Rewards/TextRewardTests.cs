using System.Text.Json;

namespace Decant.Tests.Decoding.Rewards;

/// <summary>Rewards as data: what each makes of texts, by hand-computed numbers.</summary>
public class TextRewardTests
{
    private static readonly DecodingServices _services = new();

    private static double Score(RewardOptions options, string text, bool isComplete = true)
    {
        options.Validate();
        var reward = options.Compile(TestVocabulary.Standard.Context with { Services = _services });
        var score = reward.ScoreAsync(new RewardContext(""), [new RewardCandidate(text, isComplete)], default).AsTask().GetAwaiter().GetResult()[0];
        Assert.True(reward.ScoresPartial);
        Assert.InRange(score, reward.Minimum, reward.Maximum);
        return score;
    }

    [Theory]
    [InlineData("The wolf howls.", .5)]
    [InlineData("Two WOLVES, and a howl", 1)]
    [InlineData("werewolf howled", 0)]
    [InlineData("wolf-howl", 1)]
    [InlineData("wolves", .5)]
    [InlineData("", 0)]
    public void Keywords_are_counted_by_clause_as_whole_words(string text, double expected)
    {
        Assert.Equal(expected, Score(new KeywordsRewardOptions { Words = [["wolf", "wolves"], ["howl"]] }, text));
        Assert.Equal(expected, Score(new KeywordsRewardOptions { Words = [["wolf", "wolves"], ["howl"]] }, text, isComplete: false));
    }

    [Fact]
    public void Keywords_may_be_phrases_signs_and_capitals()
    {
        Assert.Equal(1, Score(new KeywordsRewardOptions { Words = [["C++"], ["ice cream"]] }, "C++17 and Ice cream"));
        Assert.Equal(0, Score(new KeywordsRewardOptions { Words = [["wolf"]], IgnoreCase = false }, "Wolf"));
        Assert.Equal(0, Score(new KeywordsRewardOptions { Words = [["cafe"]] }, "cafe\u0301"));
        Assert.Equal(1, Score(new KeywordsRewardOptions { Words = [["art"]] }, "start art"));
        var read = (BestOfOptions)DecodingOptions.Read("""{"search":{"kind":"best-of","rewards":{"kind":"keywords","words":["wolf",["howl","howls"]]}}}""").Search!;
        Assert.Equal(new KeywordsRewardOptions { Words = [["wolf"], ["howl", "howls"]] }, read.Rewards[0]);
    }

    [Theory]
    [InlineData(LengthUnit.Words, "one two", 2 / 3.0)]
    [InlineData(LengthUnit.Words, "it's well-known - three", 1)]
    [InlineData(LengthUnit.Words, "1 2 3 4 5", 1)]
    [InlineData(LengthUnit.Words, "1 2 3 4 5 6", .8)]
    [InlineData(LengthUnit.Words, "1 2 3 4 5 6 7 8 9 10 11", 0)]
    [InlineData(LengthUnit.Words, "", 0)]
    [InlineData(LengthUnit.Characters, "e\u0301😀", 2 / 3.0)]
    [InlineData(LengthUnit.Characters, "abcdefg", .6)]
    [InlineData(LengthUnit.Sentences, "A. B! C?", 1)]
    [InlineData(LengthUnit.Sentences, "A. B", 2 / 3.0)]
    [InlineData(LengthUnit.Tokens, "abc the", 2 / 3.0)]
    [InlineData(LengthUnit.Tokens, "a:a:a", 1)]
    public void Length_is_in_a_window(LengthUnit unit, string text, double expected)
        => Assert.Equal(expected, Score(new LengthRewardOptions { Min = 3, Max = 5, Unit = unit }, text), 12);

    [Fact]
    public void A_beginning_is_too_long_but_never_too_short()
    {
        var options = new LengthRewardOptions { Min = 3, Max = 4 };
        Assert.Equal([1, 1, .75], new[] { "", "a b", "a b c d e" }.Select(text => Score(options, text, isComplete: false)));
        Assert.Equal(1, Score(options with { Max = null }, string.Concat(Enumerable.Repeat("a ", 99))));
        Assert.Equal(1, Score(options with { Min = null }, ""));
    }

    [Theory]
    [InlineData(1, "a1b22", 1)]
    [InlineData(5, "a1b22", 2)]
    [InlineData(5, "none", 0)]
    public void Regex_counts_matches_up_to_a_number(int max, string text, double expected)
        => Assert.Equal(expected, Score(new RegexRewardOptions { Pattern = "[0-9]+", Max = max }, text));

    [Fact]
    public void Regex_takes_time_linear_in_the_text()
    {
        // A backtracking matcher would not come back from this.
        Assert.Equal(0, Score(new RegexRewardOptions { Pattern = "^(a+)+$" }, new string('a', 50_000) + "b"));
        Assert.Contains("Pattern", Assert.Throws<ArgumentException>(new RegexRewardOptions { Pattern = @"(a)\1" }.Validate).Message);
    }

    [Theory]
    [InlineData("cat", 1)]
    [InlineData("make", 1)]
    [InlineData("the", 1)]
    [InlineData("table", 2)]
    [InlineData("whole", 1)]
    [InlineData("people", 2)]
    [InlineData("sentence", 2)]
    [InlineData("Happiness", 3)]
    [InlineData("rhythm", 1)]
    [InlineData("42", 1)]
    public void Syllables_are_groups_of_vowels(string word, int expected) => Assert.Equal(expected, ReadingLevelRewardOptions.Syllables(word));

    [Theory]
    [InlineData("The cat sat on the mat.", -1.45)]
    [InlineData("Reading tables creates happiness.", 12.52)]
    [InlineData("The cat sat. On the mat!", -2.62)]
    [InlineData("...", 0)]
    public void Reading_level_is_the_distance_to_a_grade(string text, double grade)
    {
        // 0.39 · 6 + 11.8 · 1 − 15.59; 0.39 · 4 + 11.8 · 9 / 4 − 15.59; 0.39 · 3 + 11.8 − 15.59.
        Assert.Equal(-Math.Abs(grade - 8), Score(new ReadingLevelRewardOptions(), text), 9);
        Assert.Equal(-Math.Abs(grade - 2.5), Score(new ReadingLevelRewardOptions { Target = 2.5 }, text), 9);
    }

    [Fact]
    public void A_lexicon_is_averaged_over_the_words_it_knows_or_added_up()
    {
        var options = new LexiconRewardOptions { Scores = new Dictionary<string, double> { ["good"] = 2, ["bad"] = -1, [":)"] = 3 } };
        Assert.Equal(1.5, Score(options, "Good, (GOOD) but \"bad\": :)"));
        Assert.Equal(6, Score(options with { Aggregate = LexiconAggregate.Sum }, "Good, (GOOD) but \"bad\": :)"));
        Assert.Equal(0, Score(options, "nothing known"));
        Assert.Equal(2, Score(options, "not good"));

        _services.Add("mood", new Lexicon([new("good", 2)]));
        Assert.Equal(2, Score(new LexiconRewardOptions { Lexicon = "mood" }, "good"));
        Assert.Contains("mood", Assert.Throws<ArgumentException>(() => Score(new LexiconRewardOptions { Lexicon = "none" }, "good")).Message);
        Assert.Throws<ArgumentException>(() => new Lexicon([]));
        Assert.Throws<ArgumentException>(() => new Lexicon([new("a", double.NaN)]));
    }

    [SkippableFact]
    public void Vaders_lexicon_is_read()
    {
        var lexicon = Lexicon.Load(TestData.Path("lexicon/vader_lexicon.txt"));
        Assert.InRange(lexicon.Count, 7500, 7520);
        Assert.Equal([1.9, -2.5, 2.0, 3.1], lexicon.Scores("A good, HORRIBLE :) and great!"));
    }

    [Theory]
    [InlineData("good\t1.5\nbad\n", "line 2")]
    [InlineData("good\tx", "line 1")]
    [InlineData("good\tNaN", "line 1")]
    [InlineData("\n", "no words")]
    public void A_lexicon_that_is_none_says_where(string content, string said)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, content);
            Assert.Contains(said, Assert.Throws<InvalidDataException>(() => Lexicon.Load(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private const string Person = """{"type":"object","properties":{"name":{"type":"string","maxLength":3},"age":{"type":"integer","minimum":0},"tags":{"type":"array","items":{"enum":["x",1]}}},"required":["name"],"additionalProperties":false}""";

    [Theory]
    [InlineData("""{"name":"Bo"}""")]
    [InlineData("""{ "age" : 2.0, "name" : "é\n" }""")]
    [InlineData("""{"tags":["x",1,1.0],"name":""}""")]
    [InlineData("{\n  \"name\": \"Bo\",\n  \"age\": 12\n}\n")]
    [InlineData("""{"name":"Bob!"}""")]
    [InlineData("""{"age":2}""")]
    [InlineData("""{"name":"Bo","age":-1}""")]
    [InlineData("""{"name":"Bo","more":1}""")]
    [InlineData("""{"name":"Bo","tags":["y"]}""")]
    [InlineData("""["name"]""")]
    public void Json_is_valid_as_a_validator_says(string text)
    {
        var valid = new ReferenceJsonValidator(Person).IsValid(JsonDocument.Parse(text).RootElement);
        Assert.Equal(valid ? 1 : 0, Score(new JsonRewardOptions { Schema = Person }, text));
        Assert.Equal(1, Score(new JsonRewardOptions(), text));
        if (!valid) return;
        for (var length = 0; length < text.Length; length++)
        {
            Assert.Equal(1, Score(new JsonRewardOptions { Schema = Person }, text[..length], isComplete: false));
            if (length < text.TrimEnd().Length) Assert.Equal(0, Score(new JsonRewardOptions { Schema = Person }, text[..length]));
        }
    }

    [Theory]
    [InlineData("{\"a\":}")]
    [InlineData("Here: {}")]
    [InlineData("{} {}")]
    public void What_is_no_json_has_nothing(string text)
    {
        Assert.Equal(0, Score(new JsonRewardOptions(), text));
        Assert.Equal(0, Score(new JsonRewardOptions(), text, isComplete: false));
    }

    [Fact]
    public void A_schema_that_cannot_be_used_says_so() => Assert.ThrowsAny<ArgumentException>(() => Score(new JsonRewardOptions { Schema = "{" }, "1"));

    [Fact]
    public void They_steer_a_search()
    {
        // Plain decoding ends at once seven times of ten.
        using var toy = new SearchToy("ab ", (text, next) => (next['a'], next['b'], next[' '], next[SearchToy.End]) = (.1, .1, .1, .7));
        RewardOptions[] rewards =
        [
            new KeywordsRewardOptions { Words = [["a"]] }, new LengthRewardOptions { Min = 2, Unit = LengthUnit.Tokens }, new RegexRewardOptions { Pattern = "[ab]" },
            new LexiconRewardOptions { Scores = new Dictionary<string, double> { ["a"] = 1, ["b"] = 2 } }, new ReadingLevelRewardOptions { Target = -4 },
        ];
        foreach (var reward in rewards)
        {
            var plain = Enumerable.Range(0, 50).Select(seed => Score(reward, toy.Text(toy.Plan(null, new SamplingOptions { Seed = seed })).TrimEnd('$'))).Average();
            var best = Enumerable.Range(0, 50).Select(seed => Score(reward, toy.Text(toy.Plan(new BestOfOptions { N = 8, Rewards = [reward] }, new SamplingOptions { Seed = seed })).TrimEnd('$'))).Average();
            Assert.True(best > plain + .1, $"{reward.Kind}: {best} against {plain}");
        }
    }
}
