using System.Diagnostics;
using System.Text;
using Decant.Connectors.Embedded;
using Decant.Connectors.Text;
using Xunit.Abstractions;

namespace Decant.Tests.Decoding.Constraints;

/// <summary>Items of a list: masks against a look at every item, long lists, names.</summary>
public class CatalogueTests(ITestOutputHelper output)
{
    private static readonly TestVocabulary _vocabulary = TestVocabulary.Standard;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_may_follow_is_what_an_item_goes_on_with(int seed)
    {
        var random = new Random(seed);
        string[] items = [.. Enumerable.Range(0, 60).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => "abc"[random.Next(3)])))];
        var constraint = new CatalogueOptions { Items = [.. items] }.Compile(_vocabulary.Context);
        Assert.Equal(items.Distinct().Where(item => item.Length <= 3).Order(StringComparer.Ordinal), constraint.Texts(_vocabulary, 3).Where(text => text.Length <= 3).Distinct().Order(StringComparer.Ordinal));
        for (var walk = 0; walk < 30; walk++)
        {
            var (at, text) = (constraint.Fork(), "");
            while (true)
            {
                var allowed = at.Allowed(_vocabulary.Count);
                Assert.Equal(Enumerable.Range(0, _vocabulary.Count).Where(token => May(items, text, token)), allowed);
                Assert.Equal(items.Contains(text), at.Accepting);
                if (allowed.Length == 0) break;
                var next = allowed[random.Next(allowed.Length)];
                Assert.True(at.TryAccept(next));
                if (_vocabulary.IsSpecial(next)) break;
                text += Encoding.UTF8.GetString(_vocabulary.Bytes(next));
            }

            Assert.Contains(text, items);
        }
    }

    [Fact]
    public void Forks_and_rollbacks_are_as_if_read_anew()
    {
        var options = new CatalogueOptions { Items = ["abc", "abcab", "the cab", "the", "b", "€", "é"] };
        ConstraintWalk.AssertConsistent(() => options.Compile(_vocabulary.Context), _vocabulary, seed: 4);
    }

    [Fact]
    public void What_is_certain_is_forced()
    {
        Assert.Equal(_vocabulary.Ids("the", " ", "cab"), Forced("the cab"));

        // What comes behind "the c" may be one token with it.
        Assert.Equal(_vocabulary.Ids("the", " "), Forced("the cab", "the cd"));
        Assert.Empty(Forced("abc", "d"));
        Assert.Empty(Forced("ab", "abc").Skip(1));

        static int[] Forced(params string[] items) => new CatalogueOptions { Items = [.. items] }.Compile(_vocabulary.Context).Forced.ToArray();
    }

    [Fact]
    public void An_item_that_others_begin_with_may_end_or_go_on()
    {
        var constraint = new CatalogueOptions { Items = ["ab", "abc"] }.Compile(_vocabulary.Context);
        Assert.True(constraint.TryAccept(_vocabulary.Ids("ab")[0]));
        Assert.Equal(_vocabulary.Ids("</s>", "c").Order(), constraint.Allowed(_vocabulary.Count));
        Assert.True(constraint.TryAccept(_vocabulary.EndOfTurn[0]));
        Assert.Empty(constraint.Allowed(_vocabulary.Count));
        Assert.False(constraint.TryAccept(_vocabulary.EndOfTurn[0]));
    }

    [Fact]
    public void A_catalogue_has_a_name()
    {
        var context = _vocabulary.Context with { Services = new DecodingServices().Add("products", new Catalogue(["ba", "cab", "ba"])) };
        Assert.Equal(["ba", "ba", "cab", "cab", "cab"], new CatalogueOptions { Name = "products" }.Compile(context).Texts(_vocabulary, 3).Order());
        var error = Assert.Throws<ArgumentException>(() => new CatalogueOptions { Name = "places" }.Compile(context));
        Assert.Contains("places", error.Message);
        Assert.Contains("products", error.Message);
        Assert.Throws<ArgumentException>(() => new Catalogue([]));
        Assert.Throws<ArgumentException>(() => new Catalogue(["a", ""]));
    }

    [Fact]
    public void With_a_constraint_that_refuses_all_items_both_are_named()
    {
        var plan = ConstraintWalk.Plan(_vocabulary.Context, new CatalogueOptions { Items = ["ab", "abc"] }, new BannedOptions { Phrases = ["a"] });
        Assert.Contains("catalogue and banned together", Assert.Throws<NoTokenAllowedException>(() => plan.Row(new float[_vocabulary.Count])).Message);
    }

    [Fact]
    public void A_million_items()
    {
        var vocabulary = TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));
        var words = new[] { "amber", "birch", "copper", "delta", "ember", "flint", "grove", "harbour", "iron", "juniper" };
        string Name(int i) => $"{words[i % 10]} {words[i / 10 % 10]} {words[i / 100 % 10]} no. {i / 1000:X}";
        var clock = Stopwatch.StartNew();
        var catalogue = new Catalogue(Enumerable.Range(0, 1_000_000).Select(Name));
        output.WriteLine($"built in {clock.ElapsedMilliseconds} ms, {catalogue.Size / 1e6:F1} MB");
        Assert.Equal(1_000_000, catalogue.Count);
        Assert.Equal(Enumerable.Range(0, 1_000_000).Sum(i => Name(i).Length) + (4 * 1_000_001L), catalogue.Size);

        var context = new PlanContext { Vocabulary = vocabulary, Services = new DecodingServices().Add("million", catalogue) };
        VocabularySlices.Of(vocabulary);
        var constraint = new CatalogueOptions { Name = "million" }.Compile(context);
        foreach (var i in (int[])[0, 1, 123_456, 999_999])
        {
            var at = constraint.Fork();
            foreach (var token in vocabulary.Encode(Name(i), addSpecialTokens: false))
            {
                clock.Restart();
                var allowed = at.Allowed(vocabulary.Count);
                output.WriteLine($"mask of {allowed.Length} tokens in {clock.Elapsed.TotalMicroseconds:F0} µs");
                Assert.Contains(token, allowed);
                Assert.True(at.TryAccept(token));
            }

            Assert.True(at.Accepting);
        }

        Assert.DoesNotContain(vocabulary.Encode("zinc", addSpecialTokens: false)[0], constraint.Allowed(vocabulary.Count));
    }

    private static bool May(string[] items, string text, int token)
        => _vocabulary.EndOfTurn.Contains(token) ? items.Contains(text) : !_vocabulary.IsSpecial(token) && items.Any(item => item.StartsWith(text + Encoding.UTF8.GetString(_vocabulary.Bytes(token)), StringComparison.Ordinal));
}
