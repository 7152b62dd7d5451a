using Decant.Connectors.Chat;
using Decant.Connectors.Grounding;
using Decant.Tests.Conformance;
using Decant.Tests.Decoding.Search;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Grounding;

public class PromptScorerTests
{
    [Fact]
    public async Task Every_token_has_the_log_probability_that_reading_one_token_after_the_other_gives()
    {
        var model = TableModel.Random(TestChat.Tokenizer.Count, order: 3);
        using (var client = TestChat.Client(model))
        {
            using var scorer = new PromptScorer(client);
            var random = new Random(1);
            int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(256))];
            int[] first = Tokens(20);
            int[][] prompts = [first, [.. first[..7], .. Tokens(4)], first[..1], [.. first, 5]];
            int[][] continuations = [Tokens(100), Tokens(1), []];
            var scores = await scorer.ScoreAsync(prompts, continuations, default);
            foreach (var (p, prompt) in prompts.Index())
            {
                foreach (var (c, continuation) in continuations.Index()) Assert.Equal(OneByOne(model, prompt, continuation), scores[p][c], (a, b) => Math.Abs(a - b) < 1e-5);
            }
        }

        Assert.Equal((0, 0), (model.OpenSequences, model.OpenResults));
    }

    [Fact]
    public async Task The_end_of_an_answer_is_any_token_that_ends_a_turn()
    {
        const string Question = "Tell me the product of Dalutex.";
        using var client = LocalChatClient.Load(options: new LocalChatClientOptions { Engine = ChatEngine.Cpu });
        using var scorer = new PromptScorer(client);
        var answer = (await client.GetResponseAsync(Question, new ChatOptions { Temperature = 0 })).Text;
        var prompt = scorer.Prompt([new ChatMessage(ChatRole.User, Question)], null, BranchPrompt.Same);
        var scores = (await scorer.ScoreAsync([prompt], [scorer.Encode(answer, ended: true)], default))[0][0];

        var row = TinyTexts.LogSoftmax(await scorer.NextAsync([.. prompt, .. scorer.Encode(answer)], default));
        Assert.True(scorer.Tokenizer.EndOfTurn.Count > 1);
        Assert.Equal(Math.Log(scorer.Tokenizer.EndOfTurn.Sum(end => Math.Exp(row[end]))), scores[^1], 1e-4);

        // The model ends its own answer here.
        Assert.True(scores[^1] > -0.1, $"{scores[^1]}");
    }

    [Fact]
    public async Task Prompts_are_those_of_the_clients_own_calls_whatever_the_decoding()
    {
        var read = new List<string>();
        var model = TextModel.Of((prompt, said) =>
        {
            lock (read) read.Add(prompt);
            return [(TextModel.End, 1)];
        });
        using var client = TextModel.Client(model);
        using var scorer = new PromptScorer(client);
        var options = new ChatOptions { Instructions = "Be brief." }.WithDocuments([new ChatDocument("One."), new ChatDocument("Two.")]);
        await client.GetResponseAsync("Who?", options);
        options.WithDecoding(d => d.Constrain(new CitationOptions { Passages = 1 }));
        var own = new LocalGenerationOptions { Decoding = new DecodingOptions { Contrast = new GroundingOptions { Grounders = ["the client's"] } } };
        options.RawRepresentationFactory = _ => own;
        string Prompt(BranchPrompt branch) => TestChat.Tokenizer.Decode(scorer.Prompt([new(ChatRole.User, "Who?")], options, branch), skipSpecialTokens: false);

        Assert.Equal(read[0] + "<|assistant|>", Prompt(BranchPrompt.Same));
        Assert.Contains("One.", read[0]);
        Assert.DoesNotContain("One.", Prompt(new BranchPrompt.AllButDocument(0)));
        Assert.NotNull(options.GetDecoding());
    }

    [Fact]
    public void A_client_without_a_model_of_its_own_is_refused()
    {
        using var client = new Remote(TestChat.Client(TestChat.Babbler()));
        Assert.Contains("LocalChatClient", Assert.Throws<ArgumentException>(() => new PromptScorer(client)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("b")]
    [InlineData("bcdef")]
    public async Task An_answer_goes_on_from_what_it_begins_with(string begun)
    {
        using var client = TestChat.Client(TestChat.Scripted("bcdefgh"));
        var options = new ChatOptions { RawRepresentationFactory = _ => new LocalGenerationOptions { AnswerPrefix = TestChat.Encode(begun) } };
        var response = await client.GetResponseAsync("Hi", options);
        Assert.Equal("bcdefgh", begun + response.Text);
    }

    [Fact]
    public async Task Tokens_that_do_not_exist_cannot_begin_an_answer()
    {
        using var client = TestChat.Client(TestChat.Babbler());
        var options = new ChatOptions { RawRepresentationFactory = _ => new LocalGenerationOptions { AnswerPrefix = [100_000] } };
        Assert.Contains("AnswerPrefix", (await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("Hi", options))).Message);
    }

    private static double[] OneByOne(TableModel model, int[] prompt, int[] continuation)
    {
        var scores = new double[continuation.Length];
        var logits = new float[model.Info.VocabularySize];
        for (var i = 0; i < scores.Length; i++)
        {
            model.Fill([.. prompt, .. continuation[..i]], logits);
            scores[i] = logits[continuation[i]] - Math.Log(logits.Sum(logit => Math.Exp(logit)));
        }

        return scores;
    }
}
