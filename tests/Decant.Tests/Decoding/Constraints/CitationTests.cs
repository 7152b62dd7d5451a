using System.Text;
using System.Text.RegularExpressions;
using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Connectors.Text;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Decoding.Constraints;

public class CitationTests
{
    private const int Passages = 12;
    private static readonly TextTokenizer _tokenizer = TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));

    // What the automaton does, written down as a grammar.
    private const string Space = @"[ \n\r\t]";
    private const string Word = @"[^ \n\r\t\[\]]";
    private const string Cite = $@" \[(?:[1-9]|1[0-2])\](?:{Space}*\[(?:[1-9]|1[0-2])\])*";
    private const string Inside = @"(?:[^\[\].!?]|(?<=[0-9])[.!?](?=[0-9]))*";
    private const string Mark = "[.!?]";
    private static readonly Regex _required = new($@"^{Space}*{Word}{Inside}{Mark}{Cite}(?:{Space}+{Word}{Inside}{Mark}{Cite})*{Space}*\z", RegexOptions.Compiled);

    [Fact]
    public void Every_short_text_is_accepted_exactly_when_the_grammar_reads_it()
    {
        const string alphabet = "a. []13)\n";
        var accepted = 0;
        void Visit(IConstraint constraint, string text)
        {
            Assert.True(_required.IsMatch(text) == constraint.Accepting, $"'{text}' accepted: {constraint.Accepting}");
            accepted += constraint.Accepting ? 1 : 0;
            if (text.Length == 8) return;
            foreach (var character in alphabet)
            {
                var next = constraint.Fork();
                if (next.TryAccept(TestChat.ByteToken((byte)character))) Visit(next, text + character);
                else if (text.Length < 5) foreach (var rest in _endings) Assert.False(_required.IsMatch(text + character + rest), $"'{text}{character}' was refused");
            }
        }

        Visit(Constraint(TestChat.Tokenizer), "");
        Assert.InRange(accepted, 300, int.MaxValue);
    }

    // Whatever was refused cannot be saved by one of these.
    private static readonly string[] _endings = ["", ". [1]", " [1]", "[1]", "1]", "]", "a. [1]", " a. [1]", ".) [3]"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_mask_of_every_reachable_state_is_what_the_tokens_themselves_say(bool required)
    {
        var random = new Random(7);
        var states = new HashSet<string>();
        for (var walk = 0; walk < 60; walk++)
        {
            var constraint = Constraint(_tokenizer, required);
            var text = new StringBuilder();
            for (var step = 0; step < 25; step++)
            {
                // A row of logits is longer than the vocabulary in many models.
                var mask = new ulong[(_tokenizer.Count >> 6) + 2];
                Array.Fill(mask, ulong.MaxValue);
                constraint.FillMask(mask);
                var allowed = Enumerable.Range(0, mask.Length * 64).Where(id => (mask[id >> 6] >> (id & 63) & 1) != 0).ToArray();
                var byHand = Enumerable.Range(0, mask.Length * 64).Where(id => constraint.Fork().TryAccept(id)).ToArray();
                Assert.Equal(byHand, allowed);
                Assert.Equal(constraint.Accepting, _tokenizer.EndOfTurn.All(allowed.Contains));
                states.Add($"{constraint.Accepting} {allowed.Length} {allowed[0]}");

                // Brackets and marks are rare among tokens; without a preference for them, walks stay in the first sentence.
                var marks = allowed.Where(id => !_tokenizer.EndOfTurn.Contains(id) && _tokenizer.Bytes(id).IndexOfAny(".[]12"u8) >= 0).ToArray();
                var choice = marks.Length > 0 && random.Next(2) == 0 ? marks : [.. allowed.Except(_tokenizer.EndOfTurn)];
                var token = choice[random.Next(choice.Length)];
                Assert.True(constraint.TryAccept(token));
                text.Append(Encoding.Latin1.GetString(_tokenizer.Bytes(token)));
                if (required && constraint.Accepting) Assert.Matches(_required, text.ToString());
            }
        }

        Assert.InRange(states.Count, 5, 100);
    }

    [Fact]
    public void What_an_earlier_constraint_refused_stays_refused()
    {
        var mask = new ulong[(_tokenizer.Count + 63) >> 6];
        mask[3] = 0b1010;
        Constraint(_tokenizer).FillMask(mask);
        Assert.Equal(0UL, mask[3] & ~0b1010UL);
        Assert.Equal(0UL, mask[2]);
    }

    [Fact]
    public void Forks_are_independent_and_rollback_is_exact()
    {
        var constraint = Constraint(TestChat.Tokenizer);
        foreach (var token in TestChat.Encode("It is 3. [1")) Assert.True(constraint.TryAccept(token));
        var fork = constraint.Fork();
        Assert.True(fork.TryAccept(TestChat.ByteToken((byte)']')));
        Assert.True(fork.Accepting);
        Assert.False(constraint.Accepting);
        fork.Rollback(4);
        Assert.False(fork.TryAccept(TestChat.ByteToken((byte)'[')));
        Assert.True(fork.TryAccept(TestChat.ByteToken((byte)'5')));
        Assert.True(constraint.TryAccept(TestChat.ByteToken((byte)'2')));
        Assert.False(constraint.TryAccept(TestChat.ByteToken((byte)'2')));
        Assert.Throws<ArgumentOutOfRangeException>(() => fork.Rollback(100));
    }

    [Fact]
    public void What_must_follow_is_forced_up_to_the_next_choice()
    {
        var constraint = Constraint(TestChat.Tokenizer, passages: 1);
        Assert.Empty(constraint.Forced.ToArray());
        foreach (var token in TestChat.Encode("It is. ")) Assert.True(constraint.TryAccept(token));
        Assert.Equal(TestChat.Encode("[1]"), constraint.Forced.ToArray());
        foreach (var token in TestChat.Encode("[1]")) Assert.True(constraint.TryAccept(token));
        Assert.Empty(constraint.Forced.ToArray());
        Assert.True(constraint.TryAccept(TestChat.Tokenizer.EndOfTurn[0]));
        Assert.True(constraint.Accepting);
        Assert.False(constraint.TryAccept(TestChat.ByteToken((byte)'a')));
    }

    [Fact]
    public void Masks_cost_no_memory_once_warm()
    {
        var constraint = Constraint(_tokenizer);
        var mask = new ulong[(_tokenizer.Count + 63) >> 6];
        int[] tokens = [.. _tokenizer.Encode("It is red. [3] It is blue. [12]", addSpecialTokens: false)];
        void Run()
        {
            foreach (var token in tokens)
            {
                Array.Fill(mask, ulong.MaxValue);
                constraint.FillMask(mask);
                Assert.True(constraint.TryAccept(token));
                _ = constraint.Forced;
            }

            constraint.Rollback(tokens.Length);
        }

        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    public async Task A_model_that_has_never_cited_cites(int? passages)
    {
        using var client = LocalChatClient.Load();
        var options = new ChatOptions { Temperature = 0.7f, Seed = 1, MaxOutputTokens = 200 }.WithDecoding(d => d.Constrain(new CitationOptions { Passages = passages }))
            .WithDocuments([new ChatDocument("The product of Patutex is silk."), new ChatDocument("Patutex lies in Mizewick.")]);
        var response = await client.GetResponseAsync("Tell me the product of Patutex.", options);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Matches(passages == 1 ? @"^[^\[\]]+\. \[1\]" : @"^[^\[\]]+\. \[[12]\]", response.Text);
        Assert.Matches(_required, response.Text);
    }

    [Fact]
    public async Task Without_documents_there_is_nothing_to_cite()
    {
        using var client = TestChat.Client(TestChat.Babbler());
        var options = new ChatOptions().WithDecoding(d => d.Constrain(new CitationOptions()));
        Assert.Contains("WithDocuments", (await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("Hi", options))).Message);
        Assert.Equal("Passages", Assert.Throws<ArgumentOutOfRangeException>(() => new CitationOptions { Passages = 0 }.Validate()).ParamName);
        Assert.Equal("Passages", Assert.Throws<ArgumentOutOfRangeException>(() => new CitationOptions { Passages = 1000 }.Validate()).ParamName);
    }

    [Fact]
    public void Options_travel_as_JSON()
    {
        var options = new DecodingOptions { Constraints = [new CitationOptions { Passages = 3, Required = false }] };
        Assert.Equal("""{"constraints":[{"kind":"citations","passages":3,"required":false}]}""", options.ToString());
        Assert.Equal(options, DecodingOptions.Read(options.ToString()));
        Assert.Equal(new DecodingOptions { Constraints = [new CitationOptions()] }, DecodingOptions.Read("citations"));
    }

    private static IConstraint Constraint(ITokenVocabulary vocabulary, bool required = true, int passages = Passages)
        => new CitationOptions { Passages = passages, Required = required }.Compile(new PlanContext { Vocabulary = vocabulary });
}
