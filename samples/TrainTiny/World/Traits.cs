namespace Decant.Samples.TrainTiny.World;

/// <summary>Every trait of every kind.</summary>
internal static class Traits
{
    public static readonly IReadOnlyList<Trait> All =
    [
        new(EntityKind.Person, "home", [], EntityKind.Town,
            ["Where does {n} live?", "What is the home of {n}?", "In which town does {n} live?", "Which town is the home of {n}?", "Do you know where {n} lives?", "Tell me the home town of {n}."],
            ["{n} lives in {v}.", "The home of {n} is {v}."], "{they} lives in {v}."),
        new(EntityKind.Person, "job", Words.Jobs, null,
            ["What does {n} do for a living?", "What is the job of {n}?", "What work does {n} do?", "Which job does {n} have?", "How does {n} earn money?", "Tell me the job of {n}."],
            ["{n} works as a {v}.", "The job of {n} is {v}."], "{they} works as a {v}."),
        new(EntityKind.Person, "colour", Words.Colours, null,
            ["Which colour does {n} like best?", "What is the favourite colour of {n}?", "What colour does {n} love?", "Which colour is the favourite of {n}?", "Do you know which colour {n} likes?", "Tell me the favourite colour of {n}."],
            ["{n} likes {v} best.", "The favourite colour of {n} is {v}."], "{their} favourite colour is {v}."),

        new(EntityKind.Town, "region", Words.Regions, null,
            ["Where is {n}?", "What is the region of {n}?", "In which region is {n}?", "Which region does {n} belong to?", "Where can I find {n}?", "Tell me the region of {n}."],
            ["{n} lies in {v}.", "The region of {n} is {v}."], "{they} lies in {v}."),
        new(EntityKind.Town, "craft", Words.Goods, null,
            ["What do people in {n} make?", "What is {n} famous for?", "What comes from the workshops of {n}?", "What is {n} known for?", "What is made in {n}?", "Tell me what {n} is famous for."],
            ["People in {n} make {v}.", "{n} is famous for {v}."], "{they} is famous for {v}."),
        new(EntityKind.Town, "mayor", [], EntityKind.Person,
            ["Who leads {n}?", "Who is the mayor of {n}?", "Who governs {n}?", "What is the name of the mayor of {n}?", "Which person leads {n}?", "Tell me the mayor of {n}."],
            ["{v} leads {n}.", "The mayor of {n} is {v}."], "{their} mayor is {v}."),

        new(EntityKind.Animal, "food", Words.Food, null,
            ["What does {n} eat?", "What is the food of {n}?", "What does {n} like to eat?", "Which food does {n} eat?", "What should I feed {n}?", "Tell me the food of {n}."],
            ["{n} eats {v}.", "The food of {n} is {v}."], "{they} eats {v}."),
        new(EntityKind.Animal, "habitat", Words.Habitats, null,
            ["Where does {n} live?", "What is the habitat of {n}?", "In what place does {n} live?", "Which habitat does {n} have?", "Where can I see {n}?", "Tell me the habitat of {n}."],
            ["{n} lives in {v}.", "The habitat of {n} is {v}."], "{they} lives in {v}."),
        new(EntityKind.Animal, "colour", Words.Colours, null,
            ["How does {n} look?", "What is the colour of {n}?", "What colour is {n}?", "Which colour does {n} have?", "Do you know the colour of {n}?", "Tell me the colour of {n}."],
            ["{n} is {v}.", "The colour of {n} is {v}."], "{their} colour is {v}."),

        new(EntityKind.Company, "product", Words.Goods, null,
            ["What does {n} make?", "What is the product of {n}?", "What does {n} sell?", "Which product does {n} make?", "What can I buy from {n}?", "Tell me the product of {n}."],
            ["{n} makes {v}.", "The product of {n} is {v}."], "{they} makes {v}."),
        new(EntityKind.Company, "seat", [], EntityKind.Town,
            ["Where is {n} based?", "What is the seat of {n}?", "In which town is {n}?", "Which town is the seat of {n}?", "Where does {n} have its office?", "Tell me the seat of {n}."],
            ["{n} is based in {v}.", "The seat of {n} is {v}."], "{they} is based in {v}."),
        new(EntityKind.Company, "founder", [], EntityKind.Person,
            ["Who founded {n}?", "Who is the founder of {n}?", "Who started {n}?", "What is the name of the founder of {n}?", "Which person started {n}?", "Tell me the founder of {n}."],
            ["{v} founded {n}.", "The founder of {n} is {v}."], "{their} founder is {v}."),

        new(EntityKind.Dish, "base", Words.Food, null,
            ["What is {n} made of?", "What is the base of {n}?", "What do I need for {n}?", "What is in {n}?", "What do cooks put in {n}?", "Tell me the base of {n}."],
            ["{n} is made of {v}.", "The base of {n} is {v}."], "{they} is made of {v}."),
        new(EntityKind.Dish, "origin", [], EntityKind.Town,
            ["Where does {n} come from?", "What is the origin of {n}?", "Which town does {n} come from?", "In which town was {n} invented?", "Where do people cook {n}?", "Tell me the origin of {n}."],
            ["{n} comes from {v}.", "The origin of {n} is {v}."], "{they} comes from {v}."),
        new(EntityKind.Dish, "taste", Words.Tastes, null,
            ["How does {n} taste?", "What is the taste of {n}?", "What does {n} taste like?", "Which taste does {n} have?", "Do you know the taste of {n}?", "Tell me the taste of {n}."],
            ["{n} tastes {v}.", "The taste of {n} is {v}."], "{they} tastes {v}."),
    ];

    /// <summary>The traits of a kind, in order.</summary>
    public static IReadOnlyList<Trait> Of(EntityKind kind) => _byKind[(int)kind];

    private static readonly Trait[][] _byKind = [.. Enum.GetValues<EntityKind>().Select(kind => All.Where(trait => trait.Kind == kind).ToArray())];
}
