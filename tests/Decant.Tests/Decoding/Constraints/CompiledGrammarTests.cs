using Decant.Connectors.Embedded;
using Decant.Connectors.Text;

namespace Decant.Tests.Decoding.Constraints;

/// <summary>The grammar engine against languages that are worked out as plain sets of texts.</summary>
public class CompiledGrammarTests
{
    private const int Grammars = 200;
    private static readonly TestVocabulary _letters = new("a", "b", "</s>");

    [Fact]
    public void Random_grammars_have_exactly_their_texts()
    {
        foreach (var (seed, random) in All())
        {
            var grammar = new CompiledGrammar(random.Build(), _letters);
            var prefixes = random.Texts.SelectMany(text => Enumerable.Range(0, text.Length + 1).Select(length => text[..length])).ToHashSet();
            Visit(CompiledGrammar.First, "");

            void Visit(int place, string text)
            {
                Assert.True(random.Texts.Contains(text) == grammar.IsAccepting(place), $"seed {seed}: {text}");
                if (text.Length == RandomGrammar.Longest) return;
                for (var letter = 0; letter < 2; letter++)
                {
                    var next = grammar.Next(place, letter);
                    var longer = text + "ab"[letter];
                    if (next != CompiledGrammar.Refused) Visit(next, longer);
                    else Assert.False(prefixes.Contains(longer), $"seed {seed}: {longer}");
                }
            }
        }
    }

    [Fact]
    public void No_place_is_a_dead_end()
    {
        foreach (var (seed, random) in All())
        {
            var grammar = new CompiledGrammar(random.Build(), _letters);
            var place = CompiledGrammar.First;
            var choice = new Random(seed);
            for (var length = 0; length < 12; length++)
            {
                Assert.True(CanEnd(grammar, place), $"seed {seed} after {length}");
                int[] next = [.. Enumerable.Range(0, 2).Select(letter => grammar.Next(place, letter)).Where(next => next != CompiledGrammar.Refused)];
                if (next.Length == 0) break;
                place = next[choice.Next(next.Length)];
            }
        }
    }

    [Fact]
    public void A_mask_is_what_each_token_says_of_itself_and_what_is_forced_can_only_follow()
    {
        foreach (var (seed, random) in All())
        {
            var choice = new Random(seed);
            var vocabulary = Vocabulary(choice);
            var (grammar, bytewise) = (new CompiledGrammar(random.Build(), vocabulary), new CompiledGrammar(new RandomGrammar(seed).Build(), _letters));
            var (place, letters) = (CompiledGrammar.First, CompiledGrammar.First);
            for (var step = 0; step < 6 && place != CompiledGrammar.Over; step++)
            {
                int[] allowed = [.. Enumerable.Range(0, vocabulary.Count).Where(token => Read(bytewise, letters, vocabulary, token) != CompiledGrammar.Refused)];
                var mask = new ulong[2];
                Array.Fill(mask, ulong.MaxValue);
                grammar.FillMask(place, mask);
                Assert.Equal(allowed, Enumerable.Range(0, 128).Where(token => (mask[token >> 6] >> (token & 63) & 1) != 0));
                CheckForced(grammar.Forced(place).Span, bytewise, letters, vocabulary, allowed);
                if (allowed.Length == 0) break;
                var chosen = allowed[choice.Next(allowed.Length)];
                (place, letters) = (grammar.Next(place, chosen), Read(bytewise, letters, vocabulary, chosen));
                Assert.NotEqual(CompiledGrammar.Refused, place);
            }
        }
    }

    [Fact]
    public void Forks_and_rollbacks_are_as_if_the_tokens_had_been_read_anew()
    {
        foreach (var (seed, random) in All())
        {
            var vocabulary = Vocabulary(new Random(seed));
            var grammar = new CompiledGrammar(random.Build(), vocabulary);
            ConstraintWalk.AssertConsistent(() => new GrammarConstraint("random", grammar), vocabulary, seed, steps: 40);
        }
    }

    // What plain text is, the engine looks at for all tokens at once: what may follow must be just what each token says.
    [Theory]
    [InlineData(0, null, "")]
    [InlineData(0, null, " the \"end")]
    [InlineData(0, 7, "")]
    [InlineData(0, 7, " the")]
    [InlineData(3, 40, " the ")]
    public void Plain_text_is_masked_as_if_each_token_were_looked_at(int min, int? max, string read)
    {
        var vocabulary = TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));
        var builder = new GrammarBuilder();
        var pool = builder.Pool;
        var text = pool.And(pool.Repeat(Utf8Language.Any(pool), min, max), pool.Not(pool.Containing(pool.Literal("ing"))));
        var grammar = new CompiledGrammar(builder.Build(GrammarExpression.Sequence(builder.Terminal(text), builder.Text("ing"), builder.Terminal(pool.Literal("!")))), vocabulary);
        var place = CompiledGrammar.First;
        foreach (var token in vocabulary.Encode(read, addSpecialTokens: false)) place = grammar.Next(place, token);
        var mask = new ulong[(vocabulary.Count + 63) >> 6];
        Array.Fill(mask, ulong.MaxValue);
        grammar.FillMask(place, mask);
        Assert.Equal(Enumerable.Range(0, vocabulary.Count).Where(token => grammar.Next(place, token) >= 0), Enumerable.Range(0, vocabulary.Count).Where(token => (mask[token >> 6] >> (token & 63) & 1) != 0));
    }

    private static IEnumerable<(int Seed, RandomGrammar Grammar)> All()
    {
        var count = 0;
        for (var seed = 0; seed < Grammars; seed++)
        {
            var grammar = new RandomGrammar(seed);
            try
            {
                grammar.Build();
            }
            catch (ArgumentException)
            {
                Assert.Empty(grammar.Texts);
                continue;
            }

            count++;
            yield return (seed, new RandomGrammar(seed));
        }

        Assert.True(count > Grammars / 2, $"{count} grammars had texts");
    }

    // Tokens of several letters, some alike, and an end of the turn.
    private static TestVocabulary Vocabulary(Random random)
        => new(["a", "b", .. Enumerable.Range(0, 17).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => "ab"[random.Next(2)]))), "</s>"]);

    private static bool CanEnd(CompiledGrammar grammar, int place)
    {
        var seen = new HashSet<int> { place };
        var queue = new Queue<int>(seen);
        while (queue.TryDequeue(out var at))
        {
            if (grammar.IsAccepting(at)) return true;
            for (var letter = 0; letter < 2; letter++)
            {
                var next = grammar.Next(at, letter);
                if (next != CompiledGrammar.Refused && seen.Count < 20_000 && seen.Add(next)) queue.Enqueue(next);
            }
        }

        return false;
    }

    private static int Read(CompiledGrammar bytewise, int place, TestVocabulary vocabulary, int token)
    {
        if (vocabulary.IsSpecial(token)) return bytewise.Next(place, _letters.EndOfTurn[0]);
        foreach (var value in vocabulary.Bytes(token))
        {
            if (place == CompiledGrammar.Refused) break;
            place = bytewise.Next(place, _letters.Find(((char)value).ToString())!.Value);
        }

        return place;
    }

    private static void CheckForced(ReadOnlySpan<int> forced, CompiledGrammar bytewise, int place, TestVocabulary vocabulary, int[] allowed)
    {
        if (forced is [var only] && allowed is [var single])
        {
            Assert.Equal(single, only);
            return;
        }

        foreach (var token in forced)
        {
            foreach (var value in vocabulary.Bytes(token))
            {
                Assert.False(bytewise.IsAccepting(place));
                int[] next = [bytewise.Next(place, 0), bytewise.Next(place, 1)];
                Assert.Single(next, CompiledGrammar.Refused);
                Assert.NotEqual(CompiledGrammar.Refused, next[value - 'a']);
                place = next[value - 'a'];
            }
        }
    }
}
