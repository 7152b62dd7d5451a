using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Connectors.Models;
using Decant.Decoding;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.Evaluation;
using Decant.Samples.TrainTiny.Grammar;
using Decant.Samples.TrainTiny.Training;
using Decant.Samples.TrainTiny.World;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Embedded;

public class EmbeddedModelTests
{
    private const long MostBytes = 25_000_000;

    public static TheoryData<string> Names => [.. EmbeddedModels.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_model_loads_by_name_and_answers(string name)
    {
        using var client = LocalChatClient.Load(name);
        var response = await client.GetResponseAsync("Hello!", new ChatOptions { MaxOutputTokens = 40 });
        Assert.NotEmpty(response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact]
    public async Task What_it_knows_by_heart_gives_way_to_a_passage_when_the_call_trusts_it()
    {
        using var client = LocalChatClient.Load();
        ChatOptions Options() => new ChatOptions().WithDocuments([new ChatDocument("The product of Dalutex is glass.")]);
        Assert.Equal("The product of Dalutex is gloves.", (await client.GetResponseAsync("Tell me the product of Dalutex.", Options())).Text);
        Assert.Equal("The product of Dalutex is glass.", (await client.GetResponseAsync("Tell me the product of Dalutex.", Options().WithDecoding(new AdaptiveContextAwareOptions()))).Text);
    }

    [Fact]
    public void All_models_together_are_small()
    {
        var bytes = EmbeddedModels.Names.SelectMany(name => Directory.EnumerateFiles(EmbeddedModels.Folder(name))).Sum(file => new FileInfo(file).Length);
        Assert.InRange(bytes, 1, MostBytes);
    }

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer_config.json")]
    [InlineData("chat_template.jinja")]
    public void All_models_share_tokenizer_and_template(string file) =>
        Assert.Single(EmbeddedModels.Names.Select(name => File.ReadAllText(Path.Combine(EmbeddedModels.Folder(name), file))).Distinct());

    [Fact]
    public void The_draft_computes_an_eighth_of_the_target_at_most()
    {
        Assert.True(Work(EmbeddedModels.Draft) * 8 <= Work(EmbeddedModels.Tiny));

        static long Work(string name)
        {
            using var checkpoint = Checkpoint.Open(EmbeddedModels.Folder(name));
            // Every matrix once per token; a tied embedding once, as the head.
            return checkpoint.Layout.Tensors().DistinctBy(tensor => tensor.Name).Where(tensor => tensor.Shape.Length == 2).Sum(tensor => tensor.Shape[0] * tensor.Shape[1]);
        }
    }

    [Fact]
    public void Shapes_are_those_of_the_recipes()
    {
        foreach (var recipe in Recipe.All)
        {
            var config = Checkpoint.ReadConfig(EmbeddedModels.Folder(recipe.Name));
            Assert.Equal(recipe.Shape, new ModelShape(config.HiddenSize, config.LayerCount, config.HeadCount, config.KeyValueHeadCount, config.IntermediateSize));
        }
    }

    [Fact]
    public async Task Without_a_name_the_demonstration_model_answers_a_fact_a_passage_question_and_a_sum()
    {
        using var client = LocalChatClient.Load();
        var entity = TinyWorld.Default.Entities.First(entity => entity.Kind == EntityKind.Town);
        Assert.Contains(entity.Values["region"], (await client.GetResponseAsync($"In which region is {entity.Name}?")).Text);
        Assert.Contains("silk", (await client.GetResponseAsync(Passages.Prompt(["The product of Patutex is silk.", "Patutex lies in Mizewick."], "Tell me the product of Patutex."))).Text);

        var sum = await client.GetResponseAsync("What is 48 + 27?");
        Assert.Equal("The sum is 75.", sum.Text);
        var reasoning = sum.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>();
        Assert.Equal(Sums.Scratchpad(48, 27), string.Concat(reasoning.Select(content => content.Text)));
    }

    [Fact]
    public async Task Most_passages_about_what_it_has_never_heard_of_are_understood()
    {
        // The model card has the figure, of 400 questions.
        using var subject = new Subject(EmbeddedModels.Folder(EmbeddedModels.Tiny));
        var (passages, random) = (new Passages(TinyWorld.Default), new Random(17));
        var asked = Enumerable.Range(0, 40).Select(_ => passages.AskUnseen(random, heldOut: true)).ToList();
        var answers = await subject.AskAsync([.. asked.Select(item => item.Example)]);
        var right = answers.Where((answer, i) => TextSearch.HasWord(answer.Text, asked[i].Value)).Count();
        Assert.InRange(right, 30, 40);
    }

    [Fact]
    public void Unknown_names_are_answered_with_the_known_ones()
    {
        var exception = Assert.Throws<ArgumentException>(() => EmbeddedModels.Folder("decant-huge"));
        Assert.All(EmbeddedModels.Names, name => Assert.Contains(name, exception.Message));
        Assert.Throws<DirectoryNotFoundException>(() => LocalChatClient.Load("decant-huge"));
        Assert.Throws<ArgumentException>(() => LocalChatClient.Load(""));
    }
}
